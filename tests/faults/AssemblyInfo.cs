using Xunit.Sdk;
using Xunit.v3;

// Each test has the machine to itself: five processes and their load are enough for two cores.
[assembly: Parallelization(Mode = ParallelMode.None)]
