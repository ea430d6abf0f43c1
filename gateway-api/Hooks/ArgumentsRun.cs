using System.Text;
using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>
/// The way of a tool's arguments, which are JSON text: each value and each name is a text of its own, decoded, so that
/// JSON stays JSON whatever a hook puts in, and no escape hides anything.
/// </summary>
internal sealed class ArgumentsRun(RequestHooks hooks, TextOrigin origin) : ITextRun
{
    private readonly JsonTextLexer _lexer = new();
    private readonly TextRun _run = new(hooks, origin);
    private bool _isWithin;

    /// <inheritdoc/>
    public async ValueTask<StageResult> PushAsync(string piece, bool isEnd)
    {
        var output = new StringBuilder(piece.Length);
        var pieces = _lexer.Read(piece, isEnd);
        for (var i = 0; i < pieces.Count; i++)
        {
            var read = pieces[i];
            if (read.Kind == JsonPieceKind.Structure)
            {
                output.Append(read.Raw);
                continue;
            }

            var isLast = read.Kind != JsonPieceKind.Text || (i + 1 < pieces.Count && pieces[i + 1].Kind == JsonPieceKind.TextEnd);
            var result = await _run.PushAsync(read.Text, isLast);
            if (!result.Outcome.IsPassed)
            {
                return result;
            }

            // As it was written, where all of it is here and nothing has changed.
            var isSame = isLast && !_isWithin && result.Text == read.Text;
            output.Append(isSame ? read.Raw : read.Kind == JsonPieceKind.Bare ? $"\"{JsonStrings.Escape(result.Text)}\"" : JsonStrings.Escape(result.Text));
            _isWithin = !isLast;
            i += isLast && read.Kind == JsonPieceKind.Text ? 1 : 0;
        }

        if (_lexer.Held <= TextStage.MostHeldCharacters)
        {
            return StageResult.Of(output.ToString());
        }

        var undecided = _run.FailUndecided();
        return undecided.IsPassed ? StageResult.Of(output.Append(_lexer.TakeHeld()).ToString()) : new StageResult("", undecided);
    }
}
