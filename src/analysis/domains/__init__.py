"""Which field does a subsidy serve, and could it be read as support for social innovation?"""
