import unittest
class A(unittest.TestCase):
    def test_one(self):
        """A line of documentation."""
        with self.assertRaises(ValueError) as c:
            int("x")
        self.assertIn("invalid literal", str(c.exception))
