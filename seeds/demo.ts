export async function seed(_env: NodeJS.ProcessEnv): Promise<{ name: string; phone: string }[]> {
  return []
}
