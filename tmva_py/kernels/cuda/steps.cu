// Copies the row with the number place[0] of a table and moves the place on. In one block, for nobody may read
// the place after it has moved.

KERNEL next_row(ARRAY(const whole) table, ARRAY(whole) place, ARRAY(whole) row, whole columns)
{
    const whole first = place[0] * columns;
    __syncthreads();
    if (threadIdx.x == 0) place[0] += 1;
    for (whole n = threadIdx.x; n < columns; n += THREADS) row[n] = table[first + n];
}
