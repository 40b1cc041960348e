// Max pooling of `images` images (all channels of all events), one thread for each value that is written.

KERNEL max_pool_forward(
    ARRAY(const REAL) x, ARRAY(REAL) out, whole images, whole height, whole width, whole window_height,
    whole window_width, whole step_rows, whole step_columns, whole out_height, whole out_width)
{
    const whole n = thread_number();
    if (n >= images * out_height * out_width) return;
    const whole j = n % out_width * step_columns, i = n / out_width % out_height * step_rows;
    const whole first = (n / (out_width * out_height) * height + i) * width + j;
    REAL largest = x[first];
    for (whole kh = 0; kh < window_height; ++kh)
        for (whole kw = 0; kw < window_width; ++kw) {
            const REAL value = x[first + kh * width + kw];
            // Not-a-number stays what it is.
            if (value > largest || value != value) largest = value;
        }
    out[n] = largest;
}

// A pixel gets the gradients of the windows that it won: those whose largest value it is, and none of the
// window's pixels before it in row-major order.
KERNEL max_pool_backward(
    ARRAY(const REAL) d_out, ARRAY(const REAL) x, ARRAY(const REAL) out, ARRAY(REAL) d_x, whole images,
    whole height, whole width, whole window_height, whole window_width, whole step_rows, whole step_columns,
    whole out_height, whole out_width)
{
    const whole n = thread_number();
    if (n >= images * height * width) return;
    const whole j = n % width, i = n / width % height, image = n / (width * height);
    REAL sum = 0;
    for (whole kh = 0; kh < window_height; ++kh) {
        const whole top = i - kh;
        if (top < 0 || top % step_rows || top / step_rows >= out_height) continue;
        for (whole kw = 0; kw < window_width; ++kw) {
            const whole left = j - kw;
            if (left < 0 || left % step_columns || left / step_columns >= out_width) continue;
            const whole place = (image * out_height + top / step_rows) * out_width + left / step_columns;
            const REAL largest = out[place];
            bool won = x[n] == largest;
            for (whole before = 0; won && before < kh * window_width + kw; ++before) {
                const whole row = top + before / window_width, column = left + before % window_width;
                won = x[(image * height + row) * width + column] != largest;
            }
            if (won) sum += d_out[place];
        }
    }
    d_x[n] = sum;
}
