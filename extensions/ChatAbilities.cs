namespace ProxyCluster.Extensions;

/// <summary>What a chat can ask for beside text.</summary>
[Flags]
public enum ChatAbilities
{
    /// <summary>Text only.</summary>
    None = 0,

    /// <summary>Calls of functions, and their results.</summary>
    Tools = 1,

    /// <summary>Images in the prompt.</summary>
    Images = 2,

    /// <summary>Answers as JSON, of a schema too.</summary>
    Json = 4,

    /// <summary>Documents and sound in the prompt.</summary>
    Files = 8,

    /// <summary>All of these.</summary>
    All = Tools | Images | Json | Files,
}
