// Optimiser steps, one thread for each of `count` parameters. Numbers come in double precision and are
// rounded to REAL after what is done with them alone.

KERNEL sgd_step(
    ARRAY(REAL) parameters, ARRAY(const REAL) gradients, ARRAY(REAL) V, double learning_rate,
    double momentum, whole count)
{
    const whole n = thread_number();
    if (n >= count) return;
    REAL g = gradients[n];
    if (momentum != 0) V[n] = g = V[n] * REAL(momentum) + g;
    parameters[n] -= g * REAL(learning_rate);
}

KERNEL adam_step(
    ARRAY(REAL) parameters, ARRAY(const REAL) gradients, ARRAY(REAL) M, ARRAY(REAL) V, double rate,
    double beta1, double beta2, double eps, whole count)
{
    const whole n = thread_number();
    if (n >= count) return;
    const REAL g = gradients[n];
    const REAL m = M[n] * REAL(beta1) + g * REAL(1 - beta1), v = V[n] * REAL(beta2) + g * g * REAL(1 - beta2);
    M[n] = m;
    V[n] = v;
    parameters[n] -= m / (sqrt(v) + REAL(eps)) * REAL(rate);
}

KERNEL adagrad_step(
    ARRAY(REAL) parameters, ARRAY(const REAL) gradients, ARRAY(REAL) V, double learning_rate, double eps,
    whole count)
{
    const whole n = thread_number();
    if (n >= count) return;
    const REAL g = gradients[n], v = V[n] + g * g;
    V[n] = v;
    parameters[n] -= g / sqrt(v + REAL(eps)) * REAL(learning_rate);
}

KERNEL rmsprop_step(
    ARRAY(REAL) parameters, ARRAY(const REAL) gradients, ARRAY(REAL) V, ARRAY(REAL) A,
    double learning_rate, double momentum, double rho, double eps, whole count)
{
    const whole n = thread_number();
    if (n >= count) return;
    const REAL g = gradients[n], v = V[n] * REAL(rho) + g * g * REAL(1 - rho);
    const REAL a = A[n] * REAL(momentum) + g / sqrt(v + REAL(eps)) * REAL(learning_rate);
    V[n] = v;
    A[n] = a;
    parameters[n] -= a;
}

KERNEL adadelta_step(
    ARRAY(REAL) parameters, ARRAY(const REAL) gradients, ARRAY(REAL) V, ARRAY(REAL) A,
    double learning_rate, double rho, double eps, whole count)
{
    const whole n = thread_number();
    if (n >= count) return;
    const REAL g = gradients[n], v = V[n] * REAL(rho) + g * g * REAL(1 - rho);
    const REAL delta = sqrt((A[n] + REAL(eps)) / (v + REAL(eps))) * g;
    V[n] = v;
    A[n] = A[n] * REAL(rho) + delta * delta * REAL(1 - rho);
    parameters[n] -= delta * REAL(learning_rate);
}
