namespace ProxyCluster.Core.Batching;

/// <summary>The call's result holds nothing for this request.</summary>
public sealed class ResultMissingException : Exception
{
    /// <summary>With a message of its own.</summary>
    public ResultMissingException()
        : base("The joined call's result holds nothing for this request.")
    {
    }

    /// <inheritdoc/>
    public ResultMissingException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public ResultMissingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
