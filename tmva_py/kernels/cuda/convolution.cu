// What a convolution needs beside its matrix products. Images are channel-major, (depth, batch, height,
// width). Columns are (depth, filter height, filter width) by (events, output height, output width).

// Copies images, whose strides may be any, between zeros; one thread for each padded pixel.
KERNEL pad_images(
    ARRAY(const REAL) x, whole stride_depth, whole stride_batch, whole stride_row, whole stride_column,
    ARRAY(REAL) padded, whole depth, whole batch, whole height, whole width, whole top, whole left)
{
    const whole n = thread_number(), rows = height + 2 * top, columns = width + 2 * left;
    if (n >= depth * batch * rows * columns) return;
    const whole j = n % columns - left, i = n / columns % rows - top;
    const whole event = n / (columns * rows) % batch, channel = n / (columns * rows * batch);
    const bool inside = i >= 0 && i < height && j >= 0 && j < width;
    padded[n] = inside
        ? x[channel * stride_depth + event * stride_batch + i * stride_row + j * stride_column] : REAL(0);
}

// Lays the windows of `events` images from `first` on out as columns; one thread for each value.
KERNEL windows_to_columns(
    ARRAY(const REAL) padded, ARRAY(REAL) columns, whole depth, whole batch, whole rows, whole width,
    whole first, whole events, whole filter_height, whole filter_width, whole step_rows, whole step_columns,
    whole out_height, whole out_width)
{
    const whole n = thread_number(), places = events * out_height * out_width;
    if (n >= depth * filter_height * filter_width * places) return;
    const whole j = n % out_width, i = n / out_width % out_height;
    const whole event = first + n / (out_width * out_height) % events, row = n / places;
    const whole kw = row % filter_width, kh = row / filter_width % filter_height;
    const whole channel = row / (filter_width * filter_height);
    columns[n] =
        padded[((channel * batch + event) * rows + i * step_rows + kh) * width + j * step_columns + kw];
}

// Adds the bias of each filter and puts the outputs of some events to their place among all; one thread for
// each of filters * places values. Rows of `z` are `stride` apart.
KERNEL add_bias(
    ARRAY(const REAL) product, ARRAY(const REAL) b, ARRAY(REAL) z, whole filters, whole places,
    whole stride, whole offset)
{
    const whole n = thread_number();
    if (n >= filters * places) return;
    const whole filter = n / places;
    z[filter * stride + offset + n % places] = product[n] + b[filter];
}

// Every pixel collects the gradients of the windows that saw it; one thread for each pixel of `events` images
// from `first` on. `d_x` is without padding.
KERNEL columns_to_images(
    ARRAY(const REAL) columns, ARRAY(REAL) d_x, whole depth, whole batch, whole height, whole width,
    whole first, whole events, whole top, whole left, whole filter_height, whole filter_width,
    whole step_rows, whole step_columns, whole out_height, whole out_width)
{
    const whole n = thread_number();
    if (n >= depth * events * height * width) return;
    const whole j = n % width + left, i = n / width % height + top;
    const whole event = n / (width * height) % events, channel = n / (width * height * events);
    REAL sum = 0;
    for (whole kh = 0; kh < filter_height; ++kh) {
        const whole row = i - kh;
        if (row < 0 || row % step_rows || row / step_rows >= out_height) continue;
        for (whole kw = 0; kw < filter_width; ++kw) {
            const whole column = j - kw;
            if (column < 0 || column % step_columns || column / step_columns >= out_width) continue;
            const whole filter = (channel * filter_height + kh) * filter_width + kw;
            const whole place = (event * out_height + row / step_rows) * out_width + column / step_columns;
            sum += columns[filter * events * out_height * out_width + place];
        }
    }
    d_x[((channel * batch + first + event) * height + i - top) * width + j - left] = sum;
}
