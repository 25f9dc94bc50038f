"""What the NACC asks for: the OIT evidence of the ITA, and reports to its system E-PlanNACC."""
