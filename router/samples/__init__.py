"""The sample desk: an invented company that sells home appliances and an app, its people, and what customers write.

Plain values; router.sample loads them. Every name, address and number in here is made up.
"""
