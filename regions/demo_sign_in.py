"""The demo's sign-ins; a deployment with DEBUG off refuses to load them."""

DEMO_PASSWORD = "hansatsu-demo"
# The fixed second factor of the demo's staff, so that the rule holds in the demo too.
DEMO_TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
