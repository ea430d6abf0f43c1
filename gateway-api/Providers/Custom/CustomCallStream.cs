using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>Puts the pieces of streamed calls where they belong.</summary>
internal sealed class CustomCallStream
{
    // By which a later piece is known to belong to a call; null: by order only.
    private readonly List<string?> _keys = [];

    /// <summary>Calls begun so far.</summary>
    public int Count => _keys.Count;

    /// <summary>Whether each piece has a call to go on with, or begins one.</summary>
    public bool Fits(IReadOnlyList<CustomCallPiece> pieces)
    {
        if (pieces.Count == 0)
        {
            return true;
        }

        var begun = new HashSet<string?>(_keys);
        var hasAny = _keys.Count > 0;
        foreach (var piece in pieces)
        {
            var isKnown = KeyOf(piece) is { } key ? begun.Contains(key) : hasAny;
            if (!isKnown && piece.Name is null)
            {
                return false;
            }

            begun.Add(KeyOf(piece));
            hasAny = true;
        }

        return true;
    }

    /// <summary>Tells a client of pieces that <see cref="Fits"/>.</summary>
    public void Write(IReadOnlyList<CustomCallPiece> pieces, AnswerStream client)
    {
        foreach (var piece in pieces)
        {
            var call = CallOf(piece);
            if (call < 0)
            {
                call = _keys.Count;
                _keys.Add(KeyOf(piece));
                client.BeginCall(JsonText.Quote(piece.Id ?? $"call_{Guid.NewGuid():N}"), JsonText.Quote(piece.Name!));
            }

            if (piece.Arguments is { Length: > 0 } arguments)
            {
                client.Arguments(call, JsonText.Quote(arguments));
            }
        }
    }

    private int CallOf(in CustomCallPiece piece) =>
        KeyOf(piece) is { } key ? _keys.IndexOf(key)
        : piece.Name is not null ? -1
        : _keys.Count - 1;

    private static string? KeyOf(in CustomCallPiece piece) =>
        piece.Index is { } index ? "index " + index : piece.Id is { } id ? "id " + id : null;
}
