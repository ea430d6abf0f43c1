namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>A text that comes in pieces and leaves in others, judged.</summary>
internal interface ITextRun
{
    /// <summary>Takes a piece.</summary>
    /// <param name="piece">More of the text; may be empty.</param>
    /// <param name="isEnd">Nothing follows.</param>
    ValueTask<StageResult> PushAsync(string piece, bool isEnd);
}
