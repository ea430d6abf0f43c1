using Microsoft.Extensions.AI;

namespace ProxyCluster.Extensions;

/// <summary>
/// A chat to answer, whichever dialect the client speaks. Yours to keep and to change: nobody else reads it.
/// </summary>
public sealed class ChatRequest
{
    /// <summary>The model's name as the provider knows it; also in <see cref="Options"/>.</summary>
    public required string Model { get; init; }

    /// <summary>What was said, system messages where they stood.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Tools, limits, the form of the answer. What is <see langword="null"/> there was not asked for.</summary>
    public ChatOptions Options { get; init; } = new();

    /// <summary>Whether the client wants the answer piece by piece. Where it does not, all pieces are put together before it gets any.</summary>
    public bool Stream { get; init; }
}
