using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>The subjects that one request counts against, on the stack.</summary>
internal struct LevelTakes
{
    /// <summary>Key, user, team, model.</summary>
    public const int Most = 4;

    private Takes _takes;
    private int _count;

    /// <summary>How many there are.</summary>
    public readonly int Count => _count;

    /// <summary>Adds one.</summary>
    /// <param name="subject">Whose limits.</param>
    /// <param name="state">How far the request is with it.</param>
    /// <exception cref="InvalidOperationException">There are too many: none is passed over silently.</exception>
    public void Add(SubjectLimiter subject, LevelState state)
    {
        if (_count == Most)
        {
            throw new InvalidOperationException($"A request counts against {Most} subjects at most.");
        }

        _takes[_count++] = new LevelTake(subject) { State = state };
    }

    /// <summary>All of them.</summary>
    [UnscopedRef]
    public Span<LevelTake> AsSpan() => ((Span<LevelTake>)_takes)[.._count];

    [InlineArray(Most)]
    private struct Takes
    {
        private LevelTake _first;
    }
}
