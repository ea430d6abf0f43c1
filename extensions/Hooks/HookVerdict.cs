using System.Text;

namespace ProxyCluster.Extensions.Hooks;

/// <summary>What a hook decides.</summary>
public sealed class HookVerdict
{
    private const int MostCharacters = 500;

    private HookVerdict(string? message) => Message = message;

    /// <summary>It goes on, with the changes that were told.</summary>
    public static HookVerdict Pass { get; } = new(null);

    /// <summary>What the client is told; <see langword="null"/>: it passes.</summary>
    internal string? Message { get; }

    /// <summary>
    /// It is withheld: a request, or an answer of which nothing was sent yet, is refused with status 400 and the code
    /// <c>content_filter</c>; a stream that has begun ends with that error.
    /// </summary>
    /// <param name="message">For the client, one sentence without what was found; at most 500 characters are told.</param>
    public static HookVerdict Block(string message)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(message);
        var told = message.Length <= MostCharacters ? message : message[..MostCharacters];

        // Half a surrogate pair, which a cut may leave, could not be written.
        return new(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(told)));
    }
}
