// Small matrix products, out = a b or out += a b. Factors have any strides, given in values, so that a
// transposed matrix is only another order of them; `out` is row by row.
//
// A block of TILE x TILE threads computes as many values of `out`, DEPTH terms of each sum at a time: their
// factors are fetched by the whole block first, neighbours in memory by threads that are neighbours.

enum { TILE = 16, DEPTH = 64 };

KERNEL matrix_product(
    ARRAY(const REAL) a, whole a_row, whole a_column, ARRAY(const REAL) b, whole b_row, whole b_column,
    ARRAY(REAL) out, whole rows, whole columns, whole depth, whole add)
{
    // One more in each row: the threads of a warp then read from different banks.
    __shared__ REAL part_a[TILE][DEPTH + 1], part_b[DEPTH][TILE + 1];
    const whole across = (columns + TILE - 1) / TILE;
    const whole first_row = blockIdx.x / across * TILE, first_column = blockIdx.x % across * TILE;
    const int thread = threadIdx.x, i = thread / TILE, j = thread % TILE;
    REAL sum = 0;
    for (whole first = 0; first < depth; first += DEPTH) {
        for (int n = thread; n < TILE * DEPTH; n += THREADS) {
            const int row = a_column == 1 ? n / DEPTH : n % TILE, term = a_column == 1 ? n % DEPTH : n / TILE;
            const bool inside = first_row + row < rows && first + term < depth;
            part_a[row][term] = inside ? a[(first_row + row) * a_row + (first + term) * a_column] : 0;
        }
        for (int n = thread; n < TILE * DEPTH; n += THREADS) {
            const int term = b_column == 1 ? n / TILE : n % DEPTH;
            const int column = b_column == 1 ? n % TILE : n / DEPTH;
            const bool inside = first_column + column < columns && first + term < depth;
            const whole place = (first + term) * b_row + (first_column + column) * b_column;
            part_b[term][column] = inside ? b[place] : 0;
        }
        __syncthreads();
        // Summed part by part: a long sum keeps more of its digits.
        REAL part = 0;
        for (int term = 0; term < DEPTH; ++term) part += part_a[i][term] * part_b[term][j];
        sum += part;
        __syncthreads();
    }
    const whole row = first_row + i, column = first_column + j, place = row * columns + column;
    if (row < rows && column < columns) out[place] = add ? out[place] + sum : sum;
}
