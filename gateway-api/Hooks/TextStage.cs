using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>
/// One hook's way through one text that comes in pieces: holds back what the hook cannot judge yet, and a little of what it
/// has judged, for the context. However the text is cut, the same comes out as if it had come whole.
/// </summary>
internal sealed class TextStage(HookEntry entry, HookContext context, TextOrigin origin)
{
    /// <summary>The most that is held back of a text.</summary>
    public const int MostHeldCharacters = 64 * 1024;

    // Context and what is held back.
    private string _text = "";
    private int _start;

    /// <summary>What becomes of text that is too long to be held back until the hook can judge it.</summary>
    public HookOutcome FailUndecided() => entry.Fail(HookFault.Undecided, origin.IsAnswer);

    /// <summary>Takes a piece.</summary>
    /// <param name="piece">More of the text; may be empty.</param>
    /// <param name="isEnd">Nothing follows; the stage can then take another text.</param>
    /// <param name="patience">How long one may wait.</param>
    public async ValueTask<StageResult> PushAsync(string piece, bool isEnd, Patience patience)
    {
        var text = _text.Length == 0 ? piece : _text + piece;
        var windowEnd = isEnd ? text.Length : Math.Max(_start, text.Length - Math.Max(0, entry.WindowCharacters - 1));
        if (windowEnd == _start && (!isEnd || text.Length == _start))
        {
            Keep(isEnd ? "" : text, isEnd ? 0 : _start);
            return StageResult.Of("");
        }

        var asked = new HookText(context, origin, new TextStretch(text, _start, isEnd, windowEnd));
        var outcome = await entry.JudgeAsync(asked, patience.Left, patience.ClientLeft);
        asked.Close();
        if (!outcome.IsPassed)
        {
            return new StageResult("", outcome);
        }

        var isJudged = outcome.Fault == HookFault.None;
        return isJudged ? Release(asked, isEnd ? text.Length : asked.DecidedEnd, isEnd) : PassUnjudged(text, windowEnd, isEnd);
    }

    private StageResult PassUnjudged(string text, int end, bool isEnd)
    {
        var passed = text[_start..end];
        Keep(isEnd ? "" : text, isEnd ? 0 : end);
        return StageResult.Of(passed);
    }

    private StageResult Release(HookText asked, int end, bool isEnd)
    {
        var text = asked.Text;
        var released = TextEdits.Apply(asked, ref end);
        if (isEnd)
        {
            Keep("", 0);
            return StageResult.Of(released);
        }

        if (text.Length - end > MostHeldCharacters)
        {
            var outcome = FailUndecided();
            Keep(text, text.Length);
            return outcome.IsPassed ? StageResult.Of(released + text[end..]) : new StageResult("", outcome);
        }

        Keep(text, end);
        return StageResult.Of(released);
    }

    private void Keep(string text, int start)
    {
        var kept = Math.Max(0, start - entry.WindowCharacters - 1);
        _text = text[kept..];
        _start = start - kept;
    }
}

/// <summary>What leaves a stage.</summary>
/// <param name="Text">What is decided, with the changes.</param>
/// <param name="Outcome">Whether it may go on.</param>
internal readonly record struct StageResult(string Text, HookOutcome Outcome)
{
    public static StageResult Of(string text) => new(text, default);
}

/// <summary>How long a hook may be waited for.</summary>
/// <param name="Left">What is left of the client's own time.</param>
/// <param name="ClientLeft">The client has left.</param>
internal readonly record struct Patience(TimeSpan Left, CancellationToken ClientLeft);
