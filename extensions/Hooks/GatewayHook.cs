namespace ProxyCluster.Extensions.Hooks;

/// <summary>
/// A check of one's own before requests and after answers: it may let text pass, change it, or withhold all of it. One
/// instance serves every request of its entry in <c>Hooks</c>, many at a time.
/// </summary>
/// <remarks>
/// What takes longer than the entry's <c>TimeoutMs</c>, throws, or returns <see langword="null"/> has failed: the request
/// or the answer is then withheld, unless the entry says <c>"FailureMode": "open"</c>.
/// A hook lives as long as its entry stays as it is. One that is <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/>
/// is disposed of when the last request has left that began before the entry was changed. Settings are checked by making a
/// hook, which is disposed of at once.
/// </remarks>
public abstract class GatewayHook
{
    /// <summary>
    /// How much text must be seen to judge a place in it, in characters: the longest thing the hook looks for, with what it
    /// looks at behind that. So much of a stream is held back, and no more. 0: each piece is judged as it comes.
    /// </summary>
    public virtual int WindowCharacters => 0;

    /// <summary>Judges a request before it is sent anywhere. Unless overridden, judges each of its texts by <see cref="OnTextAsync"/>.</summary>
    /// <param name="request">The texts of the request, in its order.</param>
    /// <param name="cancellationToken">The time is up, or the client has left.</param>
    public virtual async ValueTask<HookVerdict> OnRequestAsync(HookRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        foreach (var text in request.Texts)
        {
            var verdict = await OnTextAsync(text, cancellationToken);
            if (!ReferenceEquals(verdict, HookVerdict.Pass))
            {
                return verdict;
            }
        }

        return HookVerdict.Pass;
    }

    /// <summary>
    /// Judges a text of an answer; of a stream, each piece of it with what came before as far as that still counts. What is
    /// found is told by <see cref="HookText.Replace(HookMatch, string)"/>.
    /// </summary>
    /// <param name="text">What there is to judge.</param>
    /// <param name="cancellationToken">The time is up, or the client has left.</param>
    public virtual ValueTask<HookVerdict> OnTextAsync(HookText text, CancellationToken cancellationToken) => new(HookVerdict.Pass);
}
