import unittest
class T(unittest.TestCase):
    def test_ok(self):
        self.assertEqual(1 + 1, 2)
    def test_fails(self):
        self.assertEqual([1, 2, 3], [1, 2, 4])
    def test_error(self):
        raise KeyError("boom")
    @unittest.skip("later")
    def test_skipped(self): pass
    @unittest.expectedFailure
    def test_expected(self):
        self.fail()
    def test_sub(self):
        for i in range(2):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)
unittest.main(verbosity=2)
