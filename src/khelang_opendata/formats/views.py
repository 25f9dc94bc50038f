"""The database's views: the plan without keys to follow, and its totals; the same rows as the CSV forms of both."""

from __future__ import annotations

from khelang_opendata.formats.flat import flat_fields
from khelang_opendata.formats.pages import StoredView
from khelang_opendata.standard.family import SchemaFamily

_MISSION_PATHS = """CREATE VIEW mission_paths (mission_id, path_th, path_en) AS
WITH RECURSIVE paths (mission_id, path_th, path_en) AS (
  SELECT mission_id, mission_code || ' ' || name_th, mission_code || ' ' || coalesce(name_en, name_th)
  FROM missions WHERE parent_mission_id IS NULL
  UNION ALL
  SELECT
    mission.mission_id,
    paths.path_th || ' > ' || mission.mission_code || ' ' || mission.name_th,
    paths.path_en || ' > ' || mission.mission_code || ' ' || coalesce(mission.name_en, mission.name_th)
  FROM paths JOIN missions AS mission ON mission.parent_mission_id = paths.mission_id
)
SELECT mission_id, path_th, path_en FROM paths"""

_UNIT_PATHS = """CREATE VIEW unit_paths (unit_id, division_id, path_th, path_en, in_division_th, in_division_en) AS
WITH RECURSIVE
  named (unit_id, parent_unit_id, below, name_th, name_en) AS (
    SELECT unit_id, parent_unit_id, unit_level <> 'lao', name_th, coalesce(name_en, name_th) FROM units
  ),
  paths (unit_id, division_id, found, path_th, path_en, in_division_th, in_division_en) AS (
    SELECT unit_id, unit_id, below, name_th, name_en, name_th, name_en FROM named WHERE parent_unit_id IS NULL
    UNION ALL
    SELECT
      named.unit_id,
      CASE WHEN found OR NOT below THEN division_id ELSE named.unit_id END,
      found OR below,
      path_th || ' > ' || name_th,
      path_en || ' > ' || name_en,
      CASE WHEN found OR NOT below THEN in_division_th || ' > ' || name_th ELSE name_th END,
      CASE WHEN found OR NOT below THEN in_division_en || ' > ' || name_en ELSE name_en END
    FROM paths JOIN named ON named.parent_unit_id = paths.unit_id
  )
SELECT unit_id, division_id, path_th, path_en, in_division_th, in_division_en FROM paths"""

_FLAT_COLUMNS = {
    "plan_id": "budget.plan_id",
    "lao_name_th": "plan.lao_name_th",
    "lao_name_en": "plan.lao_name_en",
    "lao_type": "plan.lao_type",
    "lao_type_th": "lao_type.title_th",
    "lao_type_en": "lao_type.title_en",
    "dla_code": "plan.dla_code",
    "province_code": "plan.province_code",
    "province_th": "plan.province_th",
    "district_th": "plan.district_th",
    "plan_title_th": "plan.title_th",
    "plan_title_en": "plan.title_en",
    "dimension_id": "dimension.dimension_id",
    "dimension_heading_th": "dimension.dimension_code || ' ' || dimension.name_th",
    "dimension_heading_en": "dimension.dimension_code || ' ' || coalesce(dimension.name_en, dimension.name_th)",
    "dimension_name_th": "dimension.name_th",
    "dimension_name_en": "dimension.name_en",
    "dimension_scored": "dimension.scored",
    "mission_id": "mission.mission_id",
    "mission_name_th": "mission.name_th",
    "mission_name_en": "mission.name_en",
    "mission_path_th": "mission_path.path_th",
    "mission_path_en": "mission_path.path_en",
    "lead_division_id": "division.unit_id",
    "lead_division_name_th": "division.name_th",
    "lead_division_name_en": "division.name_en",
    "lead_unit_id": "unit.unit_id",
    "lead_unit_name_th": "unit.name_th",
    "lead_unit_name_en": "unit.name_en",
    "lead_unit_level": "unit.unit_level",
    "lead_unit_level_th": "unit_level.title_th",
    "lead_unit_level_en": "unit_level.title_en",
    "lead_unit_path_th": "unit_path.path_th",
    "lead_unit_path_en": "unit_path.path_en",
    "project_id": "project.project_id",
    "project_no": "project.sequence_no",
    "project_kind": "project.project_kind",
    "project_kind_th": "project_kind.title_th",
    "project_kind_en": "project_kind.title_en",
    "project_title_th": "project.title_th",
    "project_title_en": "project.title_en",
    "project_eplan_title_th": "project.eplan_title_th",
    "project_start_fiscal_year_be": "project.start_fiscal_year_be",
    "project_end_fiscal_year_be": "project.end_fiscal_year_be",
    "parent_project_id": "parent.project_id",
    "parent_project_title_th": "parent.title_th",
    "parent_project_title_en": "parent.title_en",
    "fiscal_year_be": "budget.fiscal_year_be",
    "fiscal_year_ce": "budget.fiscal_year_be - 543",
    "funding_source": "budget.funding_source",
    "funding_source_th": "funding_source.title_th",
    "funding_source_en": "funding_source.title_en",
    "budget_status": "budget.budget_status",
    "budget_status_th": "budget_status.title_th",
    "budget_status_en": "budget_status.title_en",
    "amount_thb": "budget.amount_thb",
    "summary_amount_printed": "budget.summary_amount_printed",
    "sheet_amount_printed": "budget.sheet_amount_printed",
    "budget_note_th": "budget.note_th",
    "source_section": "project.source_section",
    "errata_ids": """(
    SELECT group_concat(erratum_id, ' ') FROM (
      SELECT erratum_id FROM errata AS erratum
      WHERE erratum.record_id = project.project_id
        AND (erratum.fiscal_year_be IS NULL OR erratum.fiscal_year_be = budget.fiscal_year_be)
      ORDER BY erratum_id
    )
  )""",
}
"""Where the columns of the flat table come from; their order is the flat table's own."""

_FLAT_ROWS = """FROM budgets AS budget
JOIN plans AS plan ON plan.plan_id = budget.plan_id
JOIN projects AS project ON project.project_id = budget.project_id
JOIN dimensions AS dimension ON dimension.dimension_id = project.dimension_id
JOIN units AS unit ON unit.unit_id = project.lead_unit_id
JOIN unit_paths AS unit_path ON unit_path.unit_id = unit.unit_id
JOIN units AS division ON division.unit_id = unit_path.division_id
LEFT JOIN missions AS mission ON mission.mission_id = project.mission_id
LEFT JOIN mission_paths AS mission_path ON mission_path.mission_id = project.mission_id
LEFT JOIN projects AS parent ON parent.project_id = project.parent_project_id
LEFT JOIN code_lao_type AS lao_type ON lao_type.code = plan.lao_type
LEFT JOIN code_unit_level AS unit_level ON unit_level.code = unit.unit_level
LEFT JOIN code_project_kind AS project_kind ON project_kind.code = project.project_kind
LEFT JOIN code_funding_source AS funding_source ON funding_source.code = budget.funding_source
LEFT JOIN code_budget_status AS budget_status ON budget_status.code = budget.budget_status
ORDER BY budget.rowid"""

_TOTALS = """CREATE VIEW totals AS
WITH
  counted AS (
    SELECT budget.*, project.dimension_id, project.lead_unit_id, unit_path.division_id
    FROM budgets AS budget
    JOIN projects AS project ON project.project_id = budget.project_id
    JOIN unit_paths AS unit_path ON unit_path.unit_id = project.lead_unit_id
  ),
  scopes (rank, scope, scope_th, scope_en, place, scope_id, name_th, name_en) AS (
    SELECT 1, 'plan', 'ทั้งแผน', 'Whole plan', rowid, plan_id, title_th, title_en FROM plans
    UNION ALL
    SELECT 2, 'dimension', 'มิติ', 'Dimension', rowid, dimension_id, name_th, name_en FROM dimensions
    UNION ALL
    SELECT 3, 'division', 'สำนัก/กอง', 'Division', rowid, unit_id, name_th, name_en FROM units
    WHERE unit_id IN (SELECT division_id FROM counted)
    UNION ALL
    SELECT 4, 'unit', 'หน่วยงาน', 'Unit', units.rowid, unit_id, in_division_th, in_division_en
    FROM units JOIN unit_paths USING (unit_id) WHERE unit_id IN (SELECT lead_unit_id FROM projects)
  ),
  years (fiscal_year_be) AS (SELECT DISTINCT fiscal_year_be FROM budgets)
SELECT
  plan.plan_id,
  scopes.scope,
  scopes.scope_th,
  scopes.scope_en,
  scopes.scope_id,
  scopes.name_th,
  scopes.name_en,
  years.fiscal_year_be,
  years.fiscal_year_be - 543 AS fiscal_year_ce,
  count(DISTINCT CASE WHEN counted.budget_status <> 'not_run' THEN counted.project_id END) AS projects,
  count(DISTINCT CASE WHEN counted.budget_status = 'budgeted' THEN counted.project_id END) AS projects_with_budget,
  count(DISTINCT CASE WHEN counted.budget_status = 'unknown' THEN counted.project_id END)
    AS projects_with_unknown_amount,
  CASE
    WHEN count(counted.amount_thb) = 0 AND count(CASE WHEN counted.budget_status = 'unknown' THEN 1 END) > 0 THEN NULL
    ELSE round(total(counted.amount_thb), 2)
  END AS amount_thb
FROM plans AS plan
CROSS JOIN scopes
CROSS JOIN years
LEFT JOIN counted
  ON counted.fiscal_year_be = years.fiscal_year_be
  AND scopes.scope_id = CASE scopes.rank
    WHEN 1 THEN counted.plan_id
    WHEN 2 THEN counted.dimension_id
    WHEN 3 THEN counted.division_id
    ELSE counted.lead_unit_id
  END
GROUP BY scopes.rank, scopes.place, years.fiscal_year_be
ORDER BY scopes.rank, scopes.place, years.fiscal_year_be"""


def views(family: SchemaFamily) -> list[StoredView]:
    """The views, in order: a later one uses those before it."""
    names = [str(field["name"]) for field in flat_fields(family)]
    columns = ",\n  ".join(f"{_FLAT_COLUMNS[name]} AS {name}" for name in names)
    return [
        StoredView("mission_paths", _MISSION_PATHS),
        StoredView("unit_paths", _UNIT_PATHS),
        StoredView("flat", f"CREATE VIEW flat AS\nSELECT\n  {columns}\n{_FLAT_ROWS}"),
        StoredView("totals", _TOTALS),
    ]
