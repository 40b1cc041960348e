// What all sources begin with. REAL is float or double, given as an option of the compiler.
//
// Arguments: Python's int arrives as long long, float as double, 0 as a null pointer. Arrays are written
// ARRAY(T), a pointer here; the tests put a pointer with bounds in its place.

#ifndef ARRAY
#define ARRAY(T) T *
#endif
#define KERNEL extern "C" __global__ void

typedef long long whole;

// Threads of a block that adds up together; a power of two.
enum { THREADS = 256 };

__device__ inline whole thread_number() { return (whole)blockIdx.x * blockDim.x + threadIdx.x; }

// sigma(a) = tanh(a/2)/2 + 1/2 cannot overflow.
__device__ inline REAL sigmoid(REAL a) { return REAL(0.5) * tanh(REAL(0.5) * a) + REAL(0.5); }
