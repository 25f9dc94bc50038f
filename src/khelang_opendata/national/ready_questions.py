"""Questions that people ask of all plans, as SQL over the tables of the dataset; each is a view of the DuckDB file.

The ids of dimensions and projects hold their plan's id, so questions over the nation group by numbers and names.
"""

from __future__ import annotations

from collections.abc import Mapping

VIEWS: Mapping[str, str] = {
    "plan_of_each_package": """
        SELECT package, state, plan_id, lao_name_th, lao_name_en, lao_type, province_code, province_th,
            start_fiscal_year_be, end_fiscal_year_be, version, last_success
        FROM packages WHERE data_hash IS NOT NULL""",
    "project_budgets": """
        SELECT p.plan_id, p.project_id, p.title_th, d.dimension_code, b.fiscal_year_be, b.budget_status, b.amount_thb,
            pl.lao_name_th, pl.lao_type, pl.province_code, pl.province_th
        FROM budgets AS b
        JOIN projects AS p USING (plan_id, project_id)
        LEFT JOIN dimensions AS d USING (plan_id, dimension_id)
        JOIN plans AS pl USING (plan_id)""",
}
"""Views that the questions, and other queries, begin with."""

QUESTIONS: Mapping[str, str] = {
    "total_by_dimension_and_year": """
        SELECT dimension_code, fiscal_year_be, count(DISTINCT plan_id) AS plans, sum(amount_thb) AS amount_thb
        FROM project_budgets GROUP BY ALL ORDER BY ALL""",
    "projects_without_budget": """
        SELECT count(*) AS all_projects, count(*) FILTER (WHERE NOT coalesce(has_budget, false)) AS without_budget,
            round(without_budget / nullif(all_projects, 0), 4) AS share
        FROM projects LEFT JOIN (
            SELECT plan_id, project_id, bool_or(amount_thb > 0 OR budget_status = 'unknown') AS has_budget
            FROM budgets GROUP BY ALL
        ) USING (plan_id, project_id)""",
    "by_province": """
        SELECT province_code, any_value(province_th) AS province_th, count(*) AS plans,
            sum(projects)::BIGINT AS projects, sum(budget_thb) AS budget_thb, sum(warnings)::BIGINT AS warnings
        FROM packages WHERE data_hash IS NOT NULL GROUP BY province_code ORDER BY province_code""",
    "by_type": """
        SELECT lao_type, count(*) AS plans, sum(projects)::BIGINT AS projects, sum(budget_thb) AS budget_thb,
            sum(warnings)::BIGINT AS warnings
        FROM packages WHERE data_hash IS NOT NULL GROUP BY lao_type ORDER BY lao_type""",
    "frequent_contradictions": """
        SELECT code, severity, count(DISTINCT package) AS plans, count(*) AS issues,
            count(*) FILTER (WHERE acknowledged_by IS NOT NULL) AS acknowledged
        FROM issues GROUP BY code, severity ORDER BY plans DESC, issues DESC, code""",
    "plans_that_expire": """
        SELECT end_fiscal_year_be, plan_id, lao_name_th, lao_type, province_code, province_th
        FROM plans ORDER BY end_fiscal_year_be, province_code, plan_id""",
}
"""The questions by name."""
