using System.Reflection;
using System.Reflection.Emit;
using ProxyCluster.Extensions;

namespace ProxyCluster.Tests.Unit.Extensions;

/// <summary>Assemblies that no compiler of ours would make, as files.</summary>
public static class EmittedAssembly
{
    private static readonly MethodInfo Add = typeof(GatewayExtensions).GetMethod(nameof(GatewayExtensions.AddProvider))!;

    /// <summary>One public class that does nothing.</summary>
    public static void WriteNothing(string path) => Write(path, static module => module.DefineType("Acme.Nothing", TypeAttributes.Public).CreateType());

    /// <summary>An entry that registers provider types without adapters.</summary>
    public static void WriteEntry(string path, params string[] types) => WriteEntry(path, TypeAttributes.Public, static _ => { }, il =>
    {
        foreach (var type in types)
        {
            il.Emit(OpCodes.Ldarg_1);
            il.Emit(OpCodes.Ldstr, type);
            il.Emit(OpCodes.Ldnull);
            il.Emit(OpCodes.Ldftn, typeof(EmittedAssembly).GetMethod(nameof(NoAdapter))!);
            il.Emit(OpCodes.Newobj, typeof(Func<ProviderContext, ChatAdapter>).GetConstructors()[0]);
            il.Emit(OpCodes.Ldnull);
            il.Emit(OpCodes.Callvirt, Add);
        }
    });

    public static void WriteHiddenEntry(string path) => WriteEntry(path, TypeAttributes.NotPublic, static _ => { }, static _ => { });

    public static void WriteEntryWhoseConstructorThrows(string path) => WriteEntry(path, TypeAttributes.Public, Throw, static _ => { });

    public static void WriteEntryThatThrows(string path) => WriteEntry(path, TypeAttributes.Public, static _ => { }, Throw);

    /// <summary>A class that derives from one of a contract of another version.</summary>
    public static void WriteForOtherContract(string path, Version version)
    {
        var contract = new PersistedAssemblyBuilder(new AssemblyName("ProxyCluster.Extensions") { Version = version }, typeof(object).Assembly);
        var parent = contract.DefineDynamicModule("ProxyCluster.Extensions").DefineType("ProxyCluster.Extensions.Later", TypeAttributes.Public);
        parent.DefineDefaultConstructor(MethodAttributes.Public);
        parent.CreateType();
        Write(path, module => module.DefineType("Acme.Entry", TypeAttributes.Public, parent).CreateType());
    }

    public static ChatAdapter NoAdapter(ProviderContext context) => throw new InvalidOperationException(context.Name);

    private static void WriteEntry(string path, TypeAttributes visibility, Action<ILGenerator> construct, Action<ILGenerator> register) => Write(path, module =>
    {
        var type = module.DefineType("Acme.Entry", visibility, typeof(object), [typeof(IGatewayExtension)]);
        var constructor = type.DefineConstructor(MethodAttributes.Public, CallingConventions.Standard, []).GetILGenerator();
        constructor.Emit(OpCodes.Ldarg_0);
        constructor.Emit(OpCodes.Call, typeof(object).GetConstructor([])!);
        construct(constructor);
        constructor.Emit(OpCodes.Ret);
        var method = type.DefineMethod(
            nameof(IGatewayExtension.Register), MethodAttributes.Public | MethodAttributes.Virtual, typeof(void), [typeof(GatewayExtensions)]).GetILGenerator();
        register(method);
        method.Emit(OpCodes.Ret);
        type.CreateType();
    });

    private static void Throw(ILGenerator il)
    {
        il.Emit(OpCodes.Ldstr, "planted");
        il.Emit(OpCodes.Newobj, typeof(NotSupportedException).GetConstructor([typeof(string)])!);
        il.Emit(OpCodes.Throw);
    }

    private static void Write(string path, Action<ModuleBuilder> define)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(name), typeof(object).Assembly);
        define(assembly.DefineDynamicModule(name));
        assembly.Save(path);
    }
}
