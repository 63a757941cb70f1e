from decimal import *
from fractions import Fraction
print(Decimal("0.1") + Decimal("0.2"), Decimal(1) / 7, Decimal(2).sqrt(), Decimal("1e-7"), Decimal("NaN"), -Decimal(0))
with localcontext() as ctx:
    ctx.prec = 6
    ctx.rounding = ROUND_HALF_EVEN
    print(Decimal(2) / 3, Decimal("2.675").quantize(Decimal("0.01")), f"{Decimal('1234567.891'):,.2f}")
for f in (lambda: Decimal(1) / 0, lambda: Decimal("x"), lambda: Decimal(0) / 0):
    try:
        f()
    except ArithmeticError as e:
        print(type(e).__name__, e)
print(Fraction(3, 4) + Fraction("1.25"), Fraction(0.1).limit_denominator(100), repr(Fraction(6, -4)), Fraction(7, 3) // 1, f"{Fraction(22, 7):.4f}")
print(getcontext())
