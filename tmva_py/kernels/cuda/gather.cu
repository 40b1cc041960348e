// Picks rows of `width` values; one thread for each value written. Numbers of rows are not checked.

KERNEL gather_rows(
    ARRAY(const REAL) source, ARRAY(const whole) index, ARRAY(REAL) out, whole rows, whole width)
{
    const whole n = thread_number();
    if (n < rows * width) out[n] = source[index[n / width] * width + n % width];
}
