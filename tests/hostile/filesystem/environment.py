# the caller's variables
import os
found = [k for k in os.environ if k == "CORDON_TEST_SECRET"]
print("ESCAPED: environment" if found else f"stopped: {len(os.environ)} variables")
