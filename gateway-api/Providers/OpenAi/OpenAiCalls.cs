namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Which of a stream's calls a piece belongs to. Calls are numbered in the order in which they begin.</summary>
internal sealed class OpenAiCalls
{
    private readonly List<int> _indexes = [];

    /// <summary>Calls that have begun.</summary>
    public int Count => _indexes.Count;

    /// <summary>Finds the call of a piece.</summary>
    /// <param name="index">The server's <c>index</c>; <see langword="null"/>: it sends none.</param>
    /// <param name="isNamed">The piece has an id, or its function's name.</param>
    /// <param name="call">The call's number.</param>
    /// <returns>Whether the call begins with this piece.</returns>
    public bool Find(int? index, bool isNamed, out int call)
    {
        if (index is { } told)
        {
            call = _indexes.IndexOf(told);
            if (call >= 0)
            {
                return false;
            }
        }
        else if (!isNamed && _indexes.Count > 0)
        {
            // Who sends no index sends calls whole, one after the other; a piece without id and name goes on with the last one.
            call = _indexes.Count - 1;
            return false;
        }

        call = _indexes.Count;
        _indexes.Add(index ?? -1 - call);
        return true;
    }
}
