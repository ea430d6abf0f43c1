using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>Reads a provider's calls of tools along its paths.</summary>
internal sealed class CustomCalls(CustomCallMapping mapping)
{
    private readonly JsonPath _list = JsonPath.Parse(mapping.List);
    private readonly JsonPath _name = JsonPath.Parse(mapping.Name);
    private readonly JsonPath? _id = mapping.Id is { } id ? JsonPath.Parse(id) : null;
    private readonly JsonPath? _arguments = mapping.Arguments is { } arguments ? JsonPath.Parse(arguments) : null;
    private readonly JsonPath? _index = mapping.Index is { } index ? JsonPath.Parse(index) : null;

    /// <summary>Reads what an answer or an event holds of calls.</summary>
    /// <param name="root">The answer or the event.</param>
    /// <param name="pieces">In order; a whole call is one piece.</param>
    /// <returns><see langword="false"/>: what stands there are no calls.</returns>
    public bool TryRead(JsonElement root, [NotNullWhen(true)] out List<CustomCallPiece>? pieces)
    {
        pieces = [];
        if (_list.Find(root) is not { } found)
        {
            return true;
        }

        foreach (var item in found.ValueKind == JsonValueKind.Array ? found.EnumerateArray() : Enumerable.Repeat(found, 1))
        {
            if (!TryReadOne(item, out var piece))
            {
                pieces = null;
                return false;
            }

            pieces.Add(piece);
        }

        return true;
    }

    private bool TryReadOne(JsonElement item, out CustomCallPiece piece)
    {
        piece = new CustomCallPiece(TextOf(_id?.Find(item)), TextOf(_name.Find(item)), null, TextOf(_index?.Find(item)));
        switch (_arguments?.Find(item))
        {
            case null:
                return true;
            case { ValueKind: JsonValueKind.String } text:
                piece = piece with { Arguments = text.GetString() };
                return true;
            case { ValueKind: JsonValueKind.Object } whole:
                piece = piece with { Arguments = JsonText.Compact(whole) };
                return true;
            default:
                return false;
        }
    }

    private static string? TextOf(JsonElement? value) => value switch
    {
        { ValueKind: JsonValueKind.String } text when text.GetString() is { Length: > 0 } told => told,
        { ValueKind: JsonValueKind.Number } number => number.GetRawText(),
        _ => null,
    };
}

/// <summary>A call, or a piece of one.</summary>
/// <param name="Id"><see langword="null"/>: it has none.</param>
/// <param name="Name"><see langword="null"/>: it goes on with a call that was begun.</param>
/// <param name="Arguments">Text that holds an object, or a piece of it; <see langword="null"/>: none.</param>
/// <param name="Index">By what pieces belong together; <see langword="null"/>: by their id, or by their order.</param>
internal readonly record struct CustomCallPiece(string? Id, string? Name, string? Arguments, string? Index);
