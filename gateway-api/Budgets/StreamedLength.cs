namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>
/// Counts the tokens of a stream by the sizes of its events, for when its provider never tells: what each event has beyond
/// the smallest one is text, at four bytes a token, and each has at least one token.
/// </summary>
internal struct StreamedLength
{
    private const int BytesPerToken = 4;

    private long _events;
    private long _bytes;
    private int _smallest;

    /// <summary>Tokens so far.</summary>
    public readonly long Tokens => _events == 0 ? 0 : _events + ((_bytes - (_events * _smallest)) / BytesPerToken);

    /// <summary>Counts an event with content.</summary>
    /// <param name="bytes">Its data.</param>
    public void Add(int bytes)
    {
        _smallest = _events == 0 ? bytes : Math.Min(_smallest, bytes);
        _events++;
        _bytes += bytes;
    }
}
