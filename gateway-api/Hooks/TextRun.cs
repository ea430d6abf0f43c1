using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>One text's way through all hooks, one after the other.</summary>
internal sealed class TextRun(RequestHooks hooks, TextOrigin origin) : ITextRun
{
    private readonly TextStage[] _stages = hooks.StagesFor(origin);

    /// <summary>What becomes of text that is too long to be held back until it can be judged.</summary>
    public HookOutcome FailUndecided() => _stages.Select(static stage => stage.FailUndecided()).FirstOrDefault(static outcome => !outcome.IsPassed);

    /// <inheritdoc/>
    public async ValueTask<StageResult> PushAsync(string piece, bool isEnd)
    {
        foreach (var stage in _stages)
        {
            if (piece.Length == 0 && !isEnd)
            {
                break;
            }

            var result = await stage.PushAsync(piece, isEnd, hooks.Patience);
            if (!result.Outcome.IsPassed)
            {
                return result;
            }

            piece = result.Text;
        }

        return StageResult.Of(piece);
    }
}
