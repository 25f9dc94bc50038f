"""The version of this program, which releases of data name as the tool that made them."""

__version__ = "0.1.0"
