using System.Text;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>What a translation could not carry over, for <c>x-proxy-warning</c>.</summary>
/// <param name="before">What was noted elsewhere; <see langword="null"/>: nothing.</param>
internal sealed class TranslationNotes(string? before = null)
{
    // A client can send any number of unknown fields; a header has to stay small.
    private const int MaxNotes = 16;
    private const int MaxFieldLength = 64;

    private List<string>? _notes;

    /// <summary>A field of the request was left out.</summary>
    public void Dropped(string field) => Add($"{Printable(field)}: dropped");

    /// <summary>A field of the request was sent with another value.</summary>
    public void Changed(string field, string change) => Add($"{Printable(field)}: {change}");

    /// <summary>All notes in one line of printable ASCII; <see langword="null"/>: none.</summary>
    public string? ToHeader() => _notes is null ? before : string.Join("; ", before is null ? _notes : [before, .. _notes]);

    private void Add(string note)
    {
        _notes ??= [];
        if (_notes.Count < MaxNotes && !_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }

    private static string Printable(string field)
    {
        var text = new StringBuilder(Math.Min(field.Length, MaxFieldLength));
        foreach (var character in field.AsSpan(0, Math.Min(field.Length, MaxFieldLength)))
        {
            text.Append(char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '[' or ']' ? character : '?');
        }

        return text.ToString();
    }
}
