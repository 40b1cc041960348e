// One step of the long short-term memory. One thread for each value of the state, n = s * batch + column.
// States are (size, batch); gates (4 size, batch) in the order c, i, f, o. `inputs` is W x of one step, rows
// `stride` apart; `product` is U h.

KERNEL lstm_cell_forward(
    ARRAY(const REAL) inputs, whole stride, ARRAY(const REAL) product, ARRAY(const REAL) b,
    ARRAY(const REAL) c, ARRAY(REAL) h_next, ARRAY(REAL) c_next, ARRAY(REAL) gates, ARRAY(REAL) tanh_c,
    whole size, whole batch)
{
    const whole n = thread_number(), states = size * batch;
    if (n >= states) return;
    const whole s = n / batch, column = n % batch;
    REAL a[4];
    for (int gate = 0; gate < 4; ++gate) {
        const whole row = gate * size + s;
        a[gate] = inputs[row * stride + column] + b[row] + product[gate * states + n];
    }
    const REAL candidate = tanh(a[0]), i = sigmoid(a[1]), f = sigmoid(a[2]), o = sigmoid(a[3]);
    const REAL cell = f * c[n] + i * candidate, squashed = tanh(cell);
    gates[n] = candidate;
    gates[states + n] = i;
    gates[2 * states + n] = f;
    gates[3 * states + n] = o;
    c_next[n] = cell;
    tanh_c[n] = squashed;
    h_next[n] = o * squashed;
}

// `d_h` may be null; `d_c` is the cell's gradient, replaced by that of the cell before. The gradients of the
// pre-activations go to `d_a` (4 size, batch), and to `stacked`, rows `stride` apart.
KERNEL lstm_cell_backward(
    ARRAY(const REAL) d_h, ARRAY(const REAL) carry, ARRAY(REAL) d_c, ARRAY(const REAL) c_before,
    ARRAY(const REAL) gates, ARRAY(const REAL) tanh_c, ARRAY(REAL) d_a, ARRAY(REAL) stacked, whole stride,
    whole size, whole batch)
{
    const whole n = thread_number(), states = size * batch;
    if (n >= states) return;
    const whole s = n / batch, column = n % batch;
    const REAL d_state = d_h ? carry[n] + d_h[n] : carry[n];
    const REAL candidate = gates[n], i = gates[states + n], f = gates[2 * states + n],
               o = gates[3 * states + n], squashed = tanh_c[n];
    const REAL d_cell = d_c[n] + d_state * o * (1 - squashed * squashed);
    const REAL d[4] = {
        d_cell * i * (1 - candidate * candidate),
        d_cell * candidate * i * (1 - i),
        d_cell * c_before[n] * f * (1 - f),
        d_state * squashed * o * (1 - o),
    };
    for (int gate = 0; gate < 4; ++gate) {
        d_a[gate * states + n] = d[gate];
        stacked[(gate * size + s) * stride + column] = d[gate];
    }
    d_c[n] = d_cell * f;
}
