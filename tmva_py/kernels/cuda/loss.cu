// Losses: value, summed over the events in double precision, and gradient of the mean, in one launch of one
// block. The order of the sum is fixed. `weight` (one for each event) and `gradient` may be null.

// Adds up what the threads of the block have and writes the sum divided by `divisor`.
__device__ inline void write_sum(double mine, double divisor, ARRAY(double) total)
{
    __shared__ double part[THREADS];
    part[threadIdx.x] = mine;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) part[threadIdx.x] += part[threadIdx.x + half];
    }
    if (threadIdx.x == 0) total[0] = part[0] / divisor;
}

KERNEL mean_squared_error(
    ARRAY(const REAL) output, ARRAY(const REAL) target, ARRAY(const REAL) weight, ARRAY(REAL) gradient,
    ARRAY(double) total, whole events, whole columns)
{
    const REAL factor = REAL(2.0 / (double(events) * double(columns)));
    double mine = 0;
    for (whole n = threadIdx.x; n < events * columns; n += THREADS) {
        const REAL deviation = output[n] - target[n];
        const REAL weighted = weight ? deviation * weight[n / columns] : deviation;
        if (gradient) gradient[n] = weighted * factor;
        mine += weighted * deviation;
    }
    write_sum(mine, double(columns), total);
}

KERNEL cross_entropy(
    ARRAY(const REAL) output, ARRAY(const REAL) target, ARRAY(const REAL) weight, ARRAY(REAL) gradient,
    ARRAY(double) total, whole events, whole columns)
{
    const REAL factor = REAL(1.0 / (double(events) * double(columns)));
    double mine = 0;
    for (whole n = threadIdx.x; n < events * columns; n += THREADS) {
        const REAL o = output[n], y = target[n], w = weight ? weight[n / columns] : REAL(1);
        // In this order a small loss keeps its digits, and nothing overflows.
        const REAL value = ((o < 0 ? REAL(0) : o) - y * o) + log1p(exp(-fabs(o)));
        if (gradient) gradient[n] = (sigmoid(o) - y) * w * factor;
        mine += value * w;
    }
    write_sum(mine, double(columns), total);
}

// One thread works on whole events.
KERNEL softmax_cross_entropy(
    ARRAY(const REAL) output, ARRAY(const REAL) target, ARRAY(const REAL) weight, ARRAY(REAL) gradient,
    ARRAY(double) total, whole events, whole columns)
{
    const REAL factor = REAL(1.0 / double(events));
    double mine = 0;
    for (whole event = threadIdx.x; event < events; event += THREADS) {
        const whole first = event * columns;
        REAL largest = output[first];
        for (whole j = 1; j < columns; ++j) {
            const REAL o = output[first + j];
            // A not-a-number is kept, as the largest value and so in the loss.
            if (o > largest || o != o) largest = o;
        }
        REAL sum = 0, targets = 0;
        for (whole j = 0; j < columns; ++j) {
            sum += exp(output[first + j] - largest);
            targets += target[first + j];
        }
        const REAL w = weight ? weight[event] : REAL(1), logarithm = log(sum);
        for (whole j = 0; j < columns; ++j) {
            const REAL shifted = output[first + j] - largest, y = target[first + j];
            mine += y * (logarithm - shifted) * w;
            if (gradient) gradient[first + j] = (exp(shifted) / sum * targets - y) * w * factor;
        }
    }
    write_sum(mine, 1.0, total);
}
