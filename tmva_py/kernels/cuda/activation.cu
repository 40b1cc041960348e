// Activation functions and their derivatives, one thread for each of `count` values. The arrays of one call
// may be the same one.

KERNEL relu_forward(ARRAY(const REAL) x, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    // In this order not-a-number stays what it is.
    if (n < count) out[n] = x[n] < 0 ? REAL(0) : x[n];
}

KERNEL relu_backward(ARRAY(const REAL) d_out, ARRAY(const REAL) x, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = x[n] >= 0 ? d_out[n] : d_out[n] * 0;
}

KERNEL sigmoid_forward(ARRAY(const REAL) x, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = sigmoid(x[n]);
}

KERNEL sigmoid_backward(ARRAY(const REAL) d_out, ARRAY(const REAL) y, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = (1 - y[n]) * y[n] * d_out[n];
}

KERNEL tanh_forward(ARRAY(const REAL) x, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = tanh(x[n]);
}

KERNEL tanh_backward(ARRAY(const REAL) d_out, ARRAY(const REAL) y, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = (1 - y[n] * y[n]) * d_out[n];
}

KERNEL symmetric_relu_forward(ARRAY(const REAL) x, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = fabs(x[n]);
}

KERNEL symmetric_relu_backward(ARRAY(const REAL) d_out, ARRAY(const REAL) x, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = x[n] >= 0 ? d_out[n] : -d_out[n];
}

KERNEL softsign_forward(ARRAY(const REAL) x, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = x[n] / (fabs(x[n]) + 1);
}

KERNEL softsign_backward(ARRAY(const REAL) d_out, ARRAY(const REAL) y, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n >= count) return;
    const REAL root = 1 - fabs(y[n]);
    out[n] = root * root * d_out[n];
}

KERNEL gauss_forward(ARRAY(const REAL) x, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = exp(-(x[n] * x[n]));
}

KERNEL gauss_backward(
    ARRAY(const REAL) d_out, ARRAY(const REAL) x, ARRAY(const REAL) y, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = -2 * x[n] * y[n] * d_out[n];
}
