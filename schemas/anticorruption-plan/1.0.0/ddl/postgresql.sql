CREATE TABLE plans (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  lao_name_th TEXT NOT NULL CHECK (length(lao_name_th) <= 500),
  lao_name_en TEXT NOT NULL CHECK (length(lao_name_en) <= 500),
  lao_type TEXT NOT NULL CHECK (lao_type IN ('pao', 'city_municipality', 'town_municipality', 'subdistrict_municipality', 'sao', 'special')),
  dla_code TEXT CHECK (length(dla_code) <= 7),
  dopa_code TEXT CHECK (length(dopa_code) <= 8),
  wikidata_id TEXT CHECK (length(wikidata_id) <= 20),
  province_th TEXT NOT NULL CHECK (length(province_th) <= 100),
  province_code TEXT NOT NULL CHECK (length(province_code) <= 5),
  district_th TEXT NOT NULL CHECK (length(district_th) <= 100),
  title_th TEXT NOT NULL CHECK (length(title_th) <= 1000),
  title_en TEXT CHECK (length(title_en) <= 1000),
  start_fiscal_year_be INTEGER NOT NULL CHECK (start_fiscal_year_be >= 2500 AND start_fiscal_year_be <= 2700),
  end_fiscal_year_be INTEGER NOT NULL CHECK (end_fiscal_year_be >= 2500 AND end_fiscal_year_be <= 2700),
  announced_on DATE,
  declared_project_count INTEGER CHECK (declared_project_count >= 0),
  revision_of TEXT CHECK (length(revision_of) <= 80),
  PRIMARY KEY (plan_id)
);

CREATE TABLE goals (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  goal_no INTEGER NOT NULL CHECK (goal_no >= 1),
  goal_kind TEXT NOT NULL CHECK (goal_kind IN ('objective', 'goal', 'benefit')),
  label_th TEXT NOT NULL CHECK (length(label_th) <= 500),
  label_en TEXT CHECK (length(label_en) <= 500),
  comparator TEXT CHECK (comparator IN ('gte', 'lte', 'eq', 'increase', 'decrease', 'exists')),
  value NUMERIC,
  value_unit TEXT CHECK (length(value_unit) <= 40),
  fiscal_year_be INTEGER CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  source_section TEXT NOT NULL CHECK (length(source_section) <= 300),
  PRIMARY KEY (plan_id, goal_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id)
);

CREATE TABLE legal_bases (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  basis_no INTEGER NOT NULL CHECK (basis_no >= 1),
  basis_kind TEXT NOT NULL CHECK (length(basis_kind) <= 40),
  title_th TEXT NOT NULL CHECK (length(title_th) <= 500),
  title_en TEXT CHECK (length(title_en) <= 500),
  year_be INTEGER CHECK (year_be >= 2400 AND year_be <= 2700),
  provision TEXT CHECK (length(provision) <= 300),
  source_section TEXT NOT NULL CHECK (length(source_section) <= 2000),
  PRIMARY KEY (plan_id, basis_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id)
);

CREATE TABLE dimensions (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  dimension_id TEXT NOT NULL CHECK (length(dimension_id) <= 100),
  dimension_code TEXT NOT NULL CHECK (length(dimension_code) <= 10),
  name_th TEXT NOT NULL CHECK (length(name_th) <= 500),
  name_en TEXT CHECK (length(name_en) <= 500),
  scored BOOLEAN NOT NULL,
  declared_project_count INTEGER CHECK (declared_project_count >= 0),
  PRIMARY KEY (dimension_id),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id)
);

CREATE TABLE missions (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  mission_id TEXT NOT NULL CHECK (length(mission_id) <= 100),
  mission_code TEXT NOT NULL CHECK (length(mission_code) <= 50),
  dimension_id TEXT CHECK (length(dimension_id) <= 100),
  parent_mission_id TEXT CHECK (length(parent_mission_id) <= 100),
  name_th TEXT NOT NULL CHECK (length(name_th) <= 1000),
  name_en TEXT CHECK (length(name_en) <= 1000),
  PRIMARY KEY (mission_id),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (dimension_id) REFERENCES dimensions (dimension_id),
  FOREIGN KEY (parent_mission_id) REFERENCES missions (mission_id)
);

CREATE TABLE units (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  unit_id TEXT NOT NULL CHECK (length(unit_id) <= 100),
  name_th TEXT NOT NULL CHECK (length(name_th) <= 500),
  name_en TEXT CHECK (length(name_en) <= 500),
  unit_level TEXT NOT NULL CHECK (unit_level IN ('lao', 'division', 'section', 'subsection', 'committee', 'school', 'child_centre', 'health_centre', 'other')),
  parent_unit_id TEXT CHECK (length(parent_unit_id) <= 100),
  PRIMARY KEY (unit_id),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (parent_unit_id) REFERENCES units (unit_id)
);

CREATE TABLE projects (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  sequence_no INTEGER NOT NULL CHECK (sequence_no >= 1),
  sequence_printed TEXT CHECK (length(sequence_printed) <= 50),
  project_kind TEXT NOT NULL CHECK (project_kind IN ('project', 'activity', 'measure', 'guideline')),
  title_th TEXT NOT NULL CHECK (length(title_th) <= 1000),
  title_en TEXT CHECK (length(title_en) <= 1000),
  summary_title_printed TEXT CHECK (length(summary_title_printed) <= 1000),
  eplan_title_th TEXT CHECK (length(eplan_title_th) <= 1000),
  dimension_id TEXT CHECK (length(dimension_id) <= 100),
  mission_id TEXT CHECK (length(mission_id) <= 100),
  lead_unit_id TEXT CHECK (length(lead_unit_id) <= 100),
  lead_unit_printed TEXT CHECK (length(lead_unit_printed) <= 1000),
  summary_unit_printed TEXT CHECK (length(summary_unit_printed) <= 1000),
  start_fiscal_year_be INTEGER NOT NULL CHECK (start_fiscal_year_be >= 2500 AND start_fiscal_year_be <= 2700),
  end_fiscal_year_be INTEGER NOT NULL CHECK (end_fiscal_year_be >= 2500 AND end_fiscal_year_be <= 2700),
  parent_project_id TEXT CHECK (length(parent_project_id) <= 100),
  source_section TEXT NOT NULL CHECK (length(source_section) <= 300),
  PRIMARY KEY (project_id),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (dimension_id) REFERENCES dimensions (dimension_id),
  FOREIGN KEY (mission_id) REFERENCES missions (mission_id),
  FOREIGN KEY (lead_unit_id) REFERENCES units (unit_id),
  FOREIGN KEY (parent_project_id) REFERENCES projects (project_id)
);

CREATE TABLE project_units (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  unit_no INTEGER NOT NULL CHECK (unit_no >= 1),
  role TEXT NOT NULL CHECK (role IN ('lead', 'joint', 'supporting')),
  unit_id TEXT CHECK (length(unit_id) <= 100),
  unit_printed TEXT CHECK (length(unit_printed) <= 1000),
  source_section TEXT NOT NULL CHECK (length(source_section) <= 300),
  PRIMARY KEY (project_id, unit_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id) REFERENCES projects (project_id),
  FOREIGN KEY (unit_id) REFERENCES units (unit_id)
);

CREATE TABLE objectives (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  objective_no INTEGER NOT NULL CHECK (objective_no >= 1),
  label_th TEXT NOT NULL CHECK (length(label_th) <= 500),
  label_en TEXT CHECK (length(label_en) <= 500),
  source_section TEXT NOT NULL CHECK (length(source_section) <= 300),
  PRIMARY KEY (project_id, objective_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id) REFERENCES projects (project_id)
);

CREATE TABLE steps (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  step_no INTEGER NOT NULL CHECK (step_no >= 1),
  label_th TEXT NOT NULL CHECK (length(label_th) <= 500),
  label_en TEXT CHECK (length(label_en) <= 500),
  source_section TEXT NOT NULL CHECK (length(source_section) <= 300),
  PRIMARY KEY (project_id, step_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id) REFERENCES projects (project_id)
);

CREATE TABLE step_promises (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  promise_no INTEGER NOT NULL CHECK (promise_no >= 1),
  step_no INTEGER NOT NULL CHECK (step_no >= 1),
  label_th TEXT NOT NULL CHECK (length(label_th) <= 500),
  label_en TEXT CHECK (length(label_en) <= 500),
  comparator TEXT CHECK (comparator IN ('gte', 'lte', 'eq', 'increase', 'decrease', 'exists')),
  value NUMERIC,
  value_unit TEXT CHECK (length(value_unit) <= 40),
  frequency TEXT CHECK (length(frequency) <= 40),
  due_th TEXT CHECK (length(due_th) <= 200),
  due_en TEXT CHECK (length(due_en) <= 200),
  PRIMARY KEY (project_id, promise_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id, step_no) REFERENCES steps (project_id, step_no)
);

CREATE TABLE budgets (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  line_no INTEGER NOT NULL CHECK (line_no >= 1),
  fiscal_year_be INTEGER CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  amount_basis TEXT CHECK (amount_basis IN ('each_year', 'whole_period', 'not_said')),
  funding_source TEXT CHECK (length(funding_source) <= 40),
  source_basis TEXT CHECK (source_basis IN ('stated', 'not_stated')),
  budget_status TEXT NOT NULL CHECK (budget_status IN ('budgeted', 'no_budget', 'not_run', 'shared', 'unknown')),
  amount_thb NUMERIC CHECK (amount_thb >= 0),
  budget_programme_th TEXT CHECK (length(budget_programme_th) <= 300),
  budget_work_th TEXT CHECK (length(budget_work_th) <= 300),
  expense_category_th TEXT CHECK (length(expense_category_th) <= 300),
  summary_amount_printed TEXT CHECK (length(summary_amount_printed) <= 200),
  sheet_amount_printed TEXT CHECK (length(sheet_amount_printed) <= 500),
  note_th TEXT CHECK (length(note_th) <= 2000),
  PRIMARY KEY (project_id, line_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id) REFERENCES projects (project_id)
);

CREATE TABLE budget_items (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  line_no INTEGER NOT NULL CHECK (line_no >= 1),
  item_no INTEGER NOT NULL CHECK (item_no >= 1),
  label_th TEXT NOT NULL CHECK (length(label_th) <= 500),
  label_en TEXT CHECK (length(label_en) <= 500),
  amount_thb NUMERIC CHECK (amount_thb >= 0),
  PRIMARY KEY (project_id, line_no, item_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id, line_no) REFERENCES budgets (project_id, line_no)
);

CREATE TABLE targets (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  target_no INTEGER NOT NULL CHECK (target_no >= 1),
  group_th TEXT NOT NULL CHECK (length(group_th) <= 500),
  group_en TEXT CHECK (length(group_en) <= 500),
  audience TEXT CHECK (length(audience) <= 40),
  comparator TEXT CHECK (comparator IN ('gte', 'lte', 'eq', 'increase', 'decrease', 'exists')),
  quantity NUMERIC CHECK (quantity >= 0),
  quantity_unit TEXT CHECK (length(quantity_unit) <= 40),
  or_as_appropriate BOOLEAN,
  fiscal_year_be INTEGER CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  PRIMARY KEY (project_id, target_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id) REFERENCES projects (project_id)
);

CREATE TABLE indicators (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  indicator_no INTEGER NOT NULL CHECK (indicator_no >= 1),
  result_level TEXT NOT NULL CHECK (result_level IN ('output', 'outcome', 'unspecified')),
  label_th TEXT NOT NULL CHECK (length(label_th) <= 500),
  label_en TEXT CHECK (length(label_en) <= 500),
  comparator TEXT CHECK (comparator IN ('gte', 'lte', 'eq', 'increase', 'decrease', 'exists')),
  value NUMERIC,
  value_unit TEXT CHECK (length(value_unit) <= 40),
  or_as_appropriate BOOLEAN,
  frequency TEXT CHECK (length(frequency) <= 40),
  verification_th TEXT CHECK (length(verification_th) <= 1000),
  source_section TEXT NOT NULL CHECK (length(source_section) <= 300),
  PRIMARY KEY (project_id, indicator_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id) REFERENCES projects (project_id)
);

CREATE TABLE risks (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  risk_id TEXT NOT NULL CHECK (length(risk_id) <= 100),
  fiscal_year_be INTEGER CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  process_th TEXT NOT NULL CHECK (length(process_th) <= 500),
  process_en TEXT CHECK (length(process_en) <= 500),
  risk_type TEXT CHECK (length(risk_type) <= 40),
  risk_level TEXT CHECK (length(risk_level) <= 40),
  likelihood INTEGER CHECK (likelihood >= 1 AND likelihood <= 5),
  impact INTEGER CHECK (impact >= 1 AND impact <= 5),
  risk_score NUMERIC CHECK (risk_score >= 0),
  risk_level_printed TEXT CHECK (length(risk_level_printed) <= 200),
  residual_level TEXT CHECK (length(residual_level) <= 40),
  owner_unit_id TEXT CHECK (length(owner_unit_id) <= 100),
  source_section TEXT NOT NULL CHECK (length(source_section) <= 300),
  PRIMARY KEY (risk_id),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (owner_unit_id) REFERENCES units (unit_id)
);

CREATE TABLE risk_factors (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  risk_id TEXT NOT NULL CHECK (length(risk_id) <= 100),
  factor_no INTEGER NOT NULL CHECK (factor_no >= 1),
  label_th TEXT NOT NULL CHECK (length(label_th) <= 500),
  label_en TEXT CHECK (length(label_en) <= 500),
  PRIMARY KEY (risk_id, factor_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (risk_id) REFERENCES risks (risk_id)
);

CREATE TABLE risk_controls (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  risk_id TEXT NOT NULL CHECK (length(risk_id) <= 100),
  control_no INTEGER NOT NULL CHECK (control_no >= 1),
  label_th TEXT NOT NULL CHECK (length(label_th) <= 500),
  label_en TEXT CHECK (length(label_en) <= 500),
  owner_unit_id TEXT CHECK (length(owner_unit_id) <= 100),
  due_on DATE,
  PRIMARY KEY (risk_id, control_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (risk_id) REFERENCES risks (risk_id),
  FOREIGN KEY (owner_unit_id) REFERENCES units (unit_id)
);

CREATE TABLE risk_results (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  risk_id TEXT NOT NULL CHECK (length(risk_id) <= 100),
  control_no INTEGER NOT NULL CHECK (control_no >= 1),
  fiscal_year_be INTEGER NOT NULL CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  status TEXT NOT NULL CHECK (status IN ('not_started', 'in_progress', 'completed', 'cannot')),
  result_th TEXT CHECK (length(result_th) <= 4000),
  evidence_url TEXT CHECK (length(evidence_url) <= 1000),
  PRIMARY KEY (risk_id, control_no, fiscal_year_be),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (risk_id, control_no) REFERENCES risk_controls (risk_id, control_no)
);

CREATE TABLE printed_totals (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  scope TEXT NOT NULL CHECK (scope IN ('plan', 'dimension', 'mission')),
  scope_id TEXT NOT NULL CHECK (length(scope_id) <= 100),
  fiscal_year_be INTEGER NOT NULL CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  amount_thb NUMERIC CHECK (amount_thb >= 0),
  PRIMARY KEY (scope_id, fiscal_year_be),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id)
);

CREATE TABLE codes (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  codelist TEXT NOT NULL CHECK (length(codelist) <= 60),
  code TEXT NOT NULL CHECK (length(code) <= 40),
  title_th TEXT NOT NULL CHECK (length(title_th) <= 200),
  title_en TEXT NOT NULL CHECK (length(title_en) <= 200),
  description_th TEXT CHECK (length(description_th) <= 1000),
  description_en TEXT CHECK (length(description_en) <= 1000),
  PRIMARY KEY (codelist, code),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id)
);

CREATE TABLE errata (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  erratum_id TEXT NOT NULL CHECK (length(erratum_id) <= 100),
  topic TEXT NOT NULL CHECK (topic IN ('amount', 'period', 'count', 'responsibility', 'name', 'wording', 'numbering', 'legal_reference', 'layout')),
  weight TEXT NOT NULL CHECK (weight IN ('money_or_responsibility', 'meaning', 'editorial')),
  rule TEXT NOT NULL CHECK (length(rule) <= 80),
  resource TEXT NOT NULL CHECK (resource IN ('plans', 'goals', 'legal_bases', 'dimensions', 'missions', 'units', 'projects', 'project_units', 'objectives', 'steps', 'step_promises', 'budgets', 'budget_items', 'targets', 'indicators', 'risks', 'risk_factors', 'risk_controls', 'risk_results', 'printed_totals', 'codes', 'errata', 'errata_records', 'progress', 'progress_results')),
  record_id TEXT CHECK (length(record_id) <= 120),
  field TEXT CHECK (length(field) <= 80),
  fiscal_year_be INTEGER CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  where_printed_th TEXT NOT NULL CHECK (length(where_printed_th) <= 1000),
  printed_value TEXT CHECK (length(printed_value) <= 1000),
  other_value TEXT CHECK (length(other_value) <= 1000),
  adopted_value TEXT CHECK (length(adopted_value) <= 1000),
  reading_th TEXT CHECK (length(reading_th) <= 1000),
  reading_en TEXT CHECK (length(reading_en) <= 1000),
  basis_th TEXT NOT NULL CHECK (length(basis_th) <= 2000),
  basis_en TEXT CHECK (length(basis_en) <= 2000),
  cause TEXT NOT NULL CHECK (length(cause) <= 40),
  PRIMARY KEY (erratum_id),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id)
);

CREATE TABLE errata_records (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  erratum_id TEXT NOT NULL CHECK (length(erratum_id) <= 100),
  record_no INTEGER NOT NULL CHECK (record_no >= 1),
  resource TEXT NOT NULL CHECK (resource IN ('plans', 'goals', 'legal_bases', 'dimensions', 'missions', 'units', 'projects', 'project_units', 'objectives', 'steps', 'step_promises', 'budgets', 'budget_items', 'targets', 'indicators', 'risks', 'risk_factors', 'risk_controls', 'risk_results', 'printed_totals', 'codes', 'errata', 'errata_records', 'progress', 'progress_results')),
  record_id TEXT NOT NULL CHECK (length(record_id) <= 120),
  field TEXT CHECK (length(field) <= 80),
  fiscal_year_be INTEGER CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  PRIMARY KEY (erratum_id, record_no),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (erratum_id) REFERENCES errata (erratum_id)
);

CREATE TABLE progress (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  fiscal_year_be INTEGER NOT NULL CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  round_months INTEGER NOT NULL CHECK (round_months IN (6, 12)),
  status TEXT NOT NULL CHECK (status IN ('not_started', 'in_progress', 'completed', 'cannot')),
  actual_start_on DATE,
  actual_end_on DATE,
  in_ordinance BOOLEAN,
  planned_thb NUMERIC CHECK (planned_thb >= 0),
  approved_thb NUMERIC CHECK (approved_thb >= 0),
  disbursed_thb NUMERIC CHECK (disbursed_thb >= 0),
  cannot_reason TEXT CHECK (cannot_reason IN ('not_funded', 'policy_changed', 'understaffed', 'other')),
  result_th TEXT CHECK (length(result_th) <= 4000),
  problem_th TEXT CHECK (length(problem_th) <= 4000),
  evidence_url TEXT CHECK (length(evidence_url) <= 1000),
  reported_on DATE,
  PRIMARY KEY (project_id, fiscal_year_be, round_months),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id) REFERENCES projects (project_id)
);

CREATE TABLE progress_results (
  plan_id TEXT NOT NULL CHECK (length(plan_id) <= 80),
  project_id TEXT NOT NULL CHECK (length(project_id) <= 100),
  indicator_no INTEGER NOT NULL CHECK (indicator_no >= 1),
  fiscal_year_be INTEGER NOT NULL CHECK (fiscal_year_be >= 2500 AND fiscal_year_be <= 2700),
  round_months INTEGER NOT NULL CHECK (round_months IN (6, 12)),
  value NUMERIC,
  result_th TEXT CHECK (length(result_th) <= 2000),
  PRIMARY KEY (project_id, indicator_no, fiscal_year_be, round_months),
  FOREIGN KEY (plan_id) REFERENCES plans (plan_id),
  FOREIGN KEY (project_id, indicator_no) REFERENCES indicators (project_id, indicator_no),
  FOREIGN KEY (project_id, fiscal_year_be, round_months) REFERENCES progress (project_id, fiscal_year_be, round_months)
);
