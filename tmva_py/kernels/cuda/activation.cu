// Activation functions and their derivatives, one thread for each of `count` values. The arrays of one call
// may be the same one.

// In this order not-a-number stays what it is.
__device__ inline REAL relu(REAL x) { return x < 0 ? REAL(0) : x; }
__device__ inline REAL softsign(REAL x) { return x / (fabs(x) + 1); }
__device__ inline REAL gauss(REAL x) { return exp(-(x * x)); }

// What follows a dense layer's product, rows of `width` values: the bias is added to `z` and the function
// with this number (the order of NUMBERS in activation.py) goes to `y`, which may be `z`.
KERNEL bias_and_activation(
    ARRAY(REAL) z, ARRAY(const REAL) b, ARRAY(REAL) y, whole number, whole width, whole count)
{
    const whole n = thread_number();
    if (n >= count) return;
    const REAL x = z[n] + b[n % width];
    REAL value = x;
    switch (number) {
    case 1: value = relu(x); break;
    case 2: value = sigmoid(x); break;
    case 3: value = tanh(x); break;
    case 4: value = fabs(x); break;
    case 5: value = softsign(x); break;
    case 6: value = gauss(x); break;
    }
    z[n] = x;
    y[n] = value;
}

KERNEL relu_forward(ARRAY(const REAL) x, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = relu(x[n]);
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
    if (n < count) out[n] = softsign(x[n]);
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
    if (n < count) out[n] = gauss(x[n]);
}

KERNEL gauss_backward(
    ARRAY(const REAL) d_out, ARRAY(const REAL) x, ARRAY(const REAL) y, ARRAY(REAL) out, whole count)
{
    const whole n = thread_number();
    if (n < count) out[n] = -2 * x[n] * y[n] * d_out[n];
}
