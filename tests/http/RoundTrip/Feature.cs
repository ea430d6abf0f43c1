namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>What a client may want of a provider, and what may happen to it.</summary>
public enum Feature
{
    /// <summary>Text with instructions, whole and streamed.</summary>
    Text = 0,

    /// <summary>Two calls at once, and an answer to their results.</summary>
    Tools = 1,

    /// <summary>An image in the question.</summary>
    Image = 2,

    /// <summary>JSON of a schema.</summary>
    Schema = 3,

    /// <summary>The model's thoughts.</summary>
    Reasoning = 4,

    /// <summary>The answer reaches its limit.</summary>
    Length = 5,

    /// <summary>A filter, or the model, stops it.</summary>
    Filter = 6,

    /// <summary>Tokens in disjoint buckets.</summary>
    Usage = 7,

    /// <summary>The provider's own limit, with its advice.</summary>
    Limited = 8,

    /// <summary>The provider refuses the request.</summary>
    Rejected = 9,

    /// <summary>The stream breaks off.</summary>
    Cut = 10,

    /// <summary>What was thought before calls goes back with their results.</summary>
    ThoughtsBack = 11,

    /// <summary>The older route of text.</summary>
    Completion = 12,
}
