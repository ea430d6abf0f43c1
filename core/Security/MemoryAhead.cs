using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Asks for lines of memory before they are needed. Among a million keys nearly every read waits some 100 ns for memory; a
/// wait that is begun before a hash is worked out is over when the hash is there.
/// </summary>
public static class MemoryAhead
{
    /// <summary>Has the line that holds a location fetched. Reads nothing, and does nothing where the processor offers no way.</summary>
    /// <param name="location">Any location: one that is moved or freed meanwhile is fetched in vain.</param>
    /// <typeparam name="T">Of what stands there.</typeparam>
    public static unsafe void Fetch<T>(ref readonly T location)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in location)));
        }
    }
}
