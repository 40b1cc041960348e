// One step of the gated recurrent unit. One thread for each value of the state, n = s * batch + column.
// States are (size, batch); gates (3 size, batch) in the order r, u, c. `inputs` is W x of one step, rows
// `stride` apart.

// Reset gate after the product: `product` is U h, (3 size, batch); `recurrent` receives U_c h.
KERNEL gru_cell_forward_after(
    ARRAY(const REAL) inputs, whole stride, ARRAY(const REAL) product, ARRAY(const REAL) b,
    ARRAY(const REAL) h, ARRAY(REAL) h_next, ARRAY(REAL) gates, ARRAY(REAL) recurrent,
    whole size, whole batch)
{
    const whole n = thread_number(), states = size * batch;
    if (n >= states) return;
    const whole s = n / batch, column = n % batch;
    REAL a[3];
    for (int gate = 0; gate < 3; ++gate) {
        const whole row = gate * size + s;
        a[gate] = inputs[row * stride + column] + b[row];
    }
    const REAL r = sigmoid(a[0] + product[n]), u = sigmoid(a[1] + product[states + n]);
    const REAL candidate = tanh(a[2] + r * product[2 * states + n]);
    gates[n] = r;
    gates[states + n] = u;
    gates[2 * states + n] = candidate;
    recurrent[n] = product[2 * states + n];
    h_next[n] = u * h[n] + (1 - u) * candidate;
}

// Reset gate before the product, first half: `product` is U h of r and u, (2 size, batch); `recurrent`
// receives r h.
KERNEL gru_gates_forward(
    ARRAY(const REAL) inputs, whole stride, ARRAY(const REAL) product, ARRAY(const REAL) b,
    ARRAY(const REAL) h, ARRAY(REAL) gates, ARRAY(REAL) recurrent, whole size, whole batch)
{
    const whole n = thread_number(), states = size * batch;
    if (n >= states) return;
    const whole s = n / batch, column = n % batch;
    const REAL r = sigmoid(inputs[s * stride + column] + b[s] + product[n]);
    const REAL u = sigmoid(inputs[(size + s) * stride + column] + b[size + s] + product[states + n]);
    gates[n] = r;
    gates[states + n] = u;
    recurrent[n] = r * h[n];
}

// Second half: `product` is U_c (r h), (size, batch).
KERNEL gru_state_forward(
    ARRAY(const REAL) inputs, whole stride, ARRAY(const REAL) product, ARRAY(const REAL) b,
    ARRAY(const REAL) h, ARRAY(REAL) h_next, ARRAY(REAL) gates, whole size, whole batch)
{
    const whole n = thread_number(), states = size * batch;
    if (n >= states) return;
    const whole s = n / batch, column = n % batch, row = 2 * size + s;
    const REAL candidate = tanh(inputs[row * stride + column] + b[row] + product[n]);
    const REAL u = gates[states + n];
    gates[2 * states + n] = candidate;
    h_next[n] = u * h[n] + (1 - u) * candidate;
}

// The way back, reset gate after. The state's gradient is carry + back + d_h, the last two may be null; its
// share that passes by the gates is left in `carry`. `d_a` (gradients of the pre-activations) and
// `d_product` (of U h) go to stacks with rows `stride` apart; `d_product` is also wanted as one block.
KERNEL gru_cell_backward_after(
    ARRAY(const REAL) d_h, ARRAY(const REAL) back, ARRAY(REAL) carry, ARRAY(const REAL) h_before,
    ARRAY(const REAL) gates, ARRAY(const REAL) recurrent, ARRAY(REAL) d_product, ARRAY(REAL) stacked,
    ARRAY(REAL) products, whole stride, whole size, whole batch)
{
    const whole n = thread_number(), states = size * batch;
    if (n >= states) return;
    const whole s = n / batch, column = n % batch;
    REAL d_state = carry[n];
    if (back) d_state += back[n];
    if (d_h) d_state += d_h[n];
    const REAL r = gates[n], u = gates[states + n], c = gates[2 * states + n];
    const REAL d_c = d_state * (1 - u) * (1 - c * c);
    const REAL d_u = d_state * (h_before[n] - c) * u * (1 - u);
    const REAL d_r = d_c * recurrent[n] * r * (1 - r);
    const REAL d_inputs[3] = {d_r, d_u, d_c}, d_products[3] = {d_r, d_u, d_c * r};
    for (int gate = 0; gate < 3; ++gate) {
        const whole place = (gate * size + s) * stride + column;
        stacked[place] = d_inputs[gate];
        products[place] = d_products[gate];
        d_product[gate * states + n] = d_products[gate];
    }
    carry[n] = d_state * u;
}

// The way back, reset gate before, first half: gradients of u and c.
KERNEL gru_state_backward(
    ARRAY(const REAL) d_h, ARRAY(const REAL) back, ARRAY(REAL) carry, ARRAY(const REAL) h_before,
    ARRAY(const REAL) gates, ARRAY(REAL) d_a, ARRAY(REAL) stacked, whole stride, whole size, whole batch)
{
    const whole n = thread_number(), states = size * batch;
    if (n >= states) return;
    const whole s = n / batch, column = n % batch;
    REAL d_state = carry[n];
    if (back) d_state += back[n];
    if (d_h) d_state += d_h[n];
    const REAL u = gates[states + n], c = gates[2 * states + n];
    const REAL d_c = d_state * (1 - u) * (1 - c * c);
    const REAL d_u = d_state * (h_before[n] - c) * u * (1 - u);
    d_a[states + n] = d_u;
    d_a[2 * states + n] = d_c;
    stacked[(size + s) * stride + column] = d_u;
    stacked[(2 * size + s) * stride + column] = d_c;
    carry[n] = d_state * u;
}

// Second half: `product` is the gradient of r h.
KERNEL gru_gates_backward(
    ARRAY(const REAL) product, ARRAY(REAL) carry, ARRAY(const REAL) h_before, ARRAY(const REAL) gates,
    ARRAY(REAL) d_a, ARRAY(REAL) stacked, whole stride, whole size, whole batch)
{
    const whole n = thread_number(), states = size * batch;
    if (n >= states) return;
    const whole s = n / batch, column = n % batch;
    const REAL r = gates[n], d_r = product[n] * h_before[n] * r * (1 - r);
    d_a[n] = d_r;
    stacked[s * stride + column] = d_r;
    carry[n] += product[n] * r;
}
