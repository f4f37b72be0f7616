// A function without a body, as sbrk is here, needs an assembly file in its package.
