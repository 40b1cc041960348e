// One step of the simple recurrent layer. One thread for each value of the state, n = s * batch + column.

KERNEL rnn_cell_forward(
    ARRAY(const REAL) inputs, whole stride, ARRAY(const REAL) product, ARRAY(const REAL) b,
    ARRAY(REAL) h_next, whole size, whole batch)
{
    const whole n = thread_number();
    if (n >= size * batch) return;
    const whole s = n / batch, column = n % batch;
    h_next[n] = tanh(inputs[s * stride + column] + b[s] + product[n]);
}

// `d_h` may be null; the gradient goes to `d_a` (size, batch), and to `stacked`, rows `stride` apart.
KERNEL rnn_cell_backward(
    ARRAY(const REAL) d_h, ARRAY(const REAL) carry, ARRAY(const REAL) h, ARRAY(REAL) d_a,
    ARRAY(REAL) stacked, whole stride, whole size, whole batch)
{
    const whole n = thread_number();
    if (n >= size * batch) return;
    const whole s = n / batch, column = n % batch;
    const REAL d_state = d_h ? carry[n] + d_h[n] : carry[n], d = d_state * (1 - h[n] * h[n]);
    d_a[n] = d;
    stacked[s * stride + column] = d;
}
