// The headers that cmake/Fast.cmake precompiles need a unit that builds them.
