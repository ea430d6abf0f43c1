using ProxyCluster.Core.Batching;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Embeddings;

/// <summary>
/// What requests must share to go in one call: whose they are, which provider was asked for, and every byte of the body but
/// the inputs, and so model, dimensions, format and all other fields.
/// </summary>
internal sealed class EmbeddingsKey : IEquatable<EmbeddingsKey>
{
    private readonly byte[] _frame;
    private readonly int _hole;
    private readonly int _hash;

    private EmbeddingsKey(string tenant, string? provider, EmbeddingsInputKind kind, byte[] frame, int hole)
    {
        Tenant = tenant;
        Provider = provider;
        Kind = kind;
        _frame = frame;
        _hole = hole;
        var hash = new HashCode();
        hash.Add(tenant);
        hash.Add(provider);
        hash.AddBytes(frame);
        _hash = hash.ToHashCode();
    }

    /// <summary>Whose the requests are; empty: anybody's.</summary>
    public string Tenant { get; }

    /// <summary>The provider that was asked for by name; <see langword="null"/>: any.</summary>
    public string? Provider { get; }

    /// <summary>What the inputs are.</summary>
    public EmbeddingsInputKind Kind { get; }

    /// <summary>How far requests of the key are joined now; no part of what makes keys equal.</summary>
    public BatchLimits Limits { get; set; } = BatchLimits.Default;

    /// <summary>The body before the inputs.</summary>
    public ReadOnlySpan<byte> Before => _frame.AsSpan(0, _hole);

    /// <summary>The body behind the inputs.</summary>
    public ReadOnlySpan<byte> After => _frame.AsSpan(_hole);

    /// <summary>The key of a request; <see langword="null"/>: it cannot be joined.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="tenant">Whose it is; empty: anybody's.</param>
    /// <param name="provider">The provider that was asked for by name; <see langword="null"/>: any.</param>
    public static EmbeddingsKey? Of(InferenceRequest request, string tenant, string? provider)
    {
        var body = request.Body.Span;
        var kind = EmbeddingsInput.KindOf(body, request.InputToken);
        if (kind == EmbeddingsInputKind.Other)
        {
            return null;
        }

        var hole = request.InputToken.Start.Value;
        var after = body[request.InputToken.End..];
        var frame = new byte[hole + after.Length];
        body[..hole].CopyTo(frame);
        after.CopyTo(frame.AsSpan(hole));
        return new EmbeddingsKey(tenant, provider, kind, frame, hole);
    }

    /// <inheritdoc/>
    public bool Equals(EmbeddingsKey? other) =>
        other is not null && _hash == other._hash && _hole == other._hole && Kind == other.Kind
        && Tenant == other.Tenant && Provider == other.Provider && _frame.AsSpan().SequenceEqual(other._frame);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as EmbeddingsKey);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}
