// Dropout masks from a generator that has no state but a counter: Philox4x32-10, J. K. Salmon et al.,
// "Parallel random numbers: as easy as 1, 2, 3", SC11. The numbers do not depend on the blocks' size.

__device__ inline void philox_round(unsigned int (&c)[4], unsigned int key0, unsigned int key1)
{
    const unsigned long long first = 0xD2511F53ull * c[0], second = 0xCD9E8D57ull * c[2];
    const unsigned int kept1 = c[1], kept3 = c[3];
    c[0] = (unsigned int)(second >> 32) ^ kept1 ^ key0;
    c[1] = (unsigned int)second;
    c[2] = (unsigned int)(first >> 32) ^ kept3 ^ key1;
    c[3] = (unsigned int)first;
}

__device__ inline void philox(unsigned int (&c)[4], unsigned int key0, unsigned int key1)
{
    for (int round = 0; round < 10; ++round) {
        philox_round(c, key0, key1);
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

// One thread for four values: 1/(1 − probability) where a random number in [0, 1) is at least `probability`,
// else 0.
KERNEL dropout_mask(ARRAY(REAL) out, double probability, whole seed, whole count)
{
    const whole n = thread_number();
    if (4 * n >= count) return;
    unsigned int c[4] = {(unsigned int)n, (unsigned int)(n >> 32), 0u, 0u};
    philox(c, (unsigned int)seed, (unsigned int)(seed >> 32));
    for (int k = 0; k < 4 && 4 * n + k < count; ++k)
        out[4 * n + k] = c[k] * (1.0 / 4294967296.0) >= probability ? REAL(1 / (1 - probability)) : REAL(0);
}
