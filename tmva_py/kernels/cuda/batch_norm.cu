// Batch normalisation. Value k of feature f stands at f * feature_stride + k * value_stride. A block of
// THREADS threads takes blockDim.x features at once, blockDim.y threads each, and adds in a fixed order: with
// one feature a block its values are neighbours in memory, with 32 the features are.

// The sum over the threads of one feature, in every one of them.
__device__ inline REAL feature_sum(REAL mine)
{
    __shared__ REAL part[THREADS];
    const int place = threadIdx.y * blockDim.x + threadIdx.x;
    __syncthreads();
    part[place] = mine;
    for (int half = blockDim.y / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.y < half) part[place] += part[place + half * blockDim.x];
    }
    __syncthreads();
    return part[threadIdx.x];
}

KERNEL batch_norm_forward(
    ARRAY(const REAL) x, ARRAY(const REAL) gamma, ARRAY(const REAL) beta, ARRAY(REAL) y,
    ARRAY(REAL) centred, ARRAY(REAL) mean, ARRAY(REAL) variance, ARRAY(REAL) inverse_deviation,
    double epsilon, whole features, whole count, whole feature_stride, whole value_stride)
{
    const whole f = thread_number();
    // Threads without a feature go on, for the others wait for them.
    const whole mine = f < features ? count : 0, first = f * feature_stride;
    REAL sum = 0;
    for (whole k = threadIdx.y; k < mine; k += blockDim.y) sum += x[first + k * value_stride];
    const REAL mu = feature_sum(sum) / REAL(count);
    sum = 0;
    for (whole k = threadIdx.y; k < mine; k += blockDim.y) {
        const REAL value = x[first + k * value_stride] - mu;
        sum += value * value;
    }
    const REAL v = feature_sum(sum) / REAL(count), inverse = 1 / sqrt(v + REAL(epsilon));
    for (whole k = threadIdx.y; k < mine; k += blockDim.y) {
        const whole n = first + k * value_stride;
        const REAL value = x[n] - mu;
        centred[n] = value;
        y[n] = value * (inverse * gamma[f]) + beta[f];
    }
    if (f < features && threadIdx.y == 0) {
        mean[f] = mu;
        variance[f] = v;
        inverse_deviation[f] = inverse;
    }
}

KERNEL batch_norm_backward(
    ARRAY(const REAL) d_y, ARRAY(const REAL) gamma, ARRAY(const REAL) centred,
    ARRAY(const REAL) inverse_deviation, ARRAY(REAL) d_gamma, ARRAY(REAL) d_beta, ARRAY(REAL) d_x,
    whole features, whole count, whole feature_stride, whole value_stride)
{
    const whole f = thread_number();
    const whole mine = f < features ? count : 0, first = f * feature_stride;
    const REAL inverse = f < features ? inverse_deviation[f] : REAL(0);
    REAL products = 0, gradients = 0;
    for (whole k = threadIdx.y; k < mine; k += blockDim.y) {
        const whole n = first + k * value_stride;
        products += d_y[n] * centred[n];
        gradients += d_y[n];
    }
    products = feature_sum(products) * inverse;
    gradients = feature_sum(gradients);
    for (whole k = threadIdx.y; k < mine; k += blockDim.y) {
        const whole n = first + k * value_stride;
        const REAL normalized = centred[n] * inverse;
        const REAL rest = d_y[n] - gradients / REAL(count) - normalized * (products / REAL(count));
        d_x[n] = gamma[f] * inverse * rest;
    }
    if (f < features && threadIdx.y == 0) {
        d_gamma[f] = products;
        d_beta[f] = gradients;
    }
}

// One block for all features: the number of batches moves on when everyone has read it.
KERNEL batch_norm_statistics(
    ARRAY(const REAL) mean, ARRAY(const REAL) variance, ARRAY(REAL) running_mean,
    ARRAY(REAL) running_variance, ARRAY(REAL) batches, double unbiased, double momentum, whole features)
{
    const REAL before = batches[0];
    REAL old = before > 0 ? REAL(momentum) : REAL(0);
    if (momentum < 0) old = before / (before + 1);
    for (whole f = threadIdx.x; f < features; f += THREADS) {
        running_mean[f] = old * running_mean[f] + (1 - old) * mean[f];
        running_variance[f] = old * running_variance[f] + (1 - old) * REAL(unbiased) * variance[f];
    }
    __syncthreads();
    if (threadIdx.x == 0) batches[0] = before + 1;
}
